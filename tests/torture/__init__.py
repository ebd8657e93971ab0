"""What must hold whatever happens: tried briefly by `test_torture`, for hours by the command in each module."""
