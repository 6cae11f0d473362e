"""`deskbell train knowledge`: a model of pages, fitted to the shop's own questions."""
