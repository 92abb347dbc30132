"""onehead keeps Alembic migration histories healthy; the program itself is the command ``onehead``."""
