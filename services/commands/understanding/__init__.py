"""`deskbell train|evaluate|predict|promote|rollback nlu`: models of understanding from data to customers."""
