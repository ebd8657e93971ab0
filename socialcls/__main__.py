"""`python -m socialcls`."""

from socialcls.cli import main

main()
