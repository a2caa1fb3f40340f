"""Everything that leaves an installation or comes into it as a whole: backups, and the archive of one partnership."""
