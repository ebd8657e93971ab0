"""Run the command line: `python -m socialcls`, and the installed command."""

import atexit
import gc

gc.disable()  # nothing that starting makes is garbage, and looking for it would take a twentieth of a short command
atexit.register(gc.freeze)  # nor is there any need to look through all that is left at the end

from socialcls.commands.app import main  # noqa: E402

__all__ = ["main"]

if __name__ == "__main__":
    main()
