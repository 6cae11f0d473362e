"""`deskbell train|evaluate generator`: a local model of replies, taught and measured."""
