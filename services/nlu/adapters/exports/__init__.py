"""Raw chat exports in the forms in which shops have them: tables, JSON, transcripts, plain lines."""
