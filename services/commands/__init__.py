"""The commands of `./deskbell`, one module each."""
