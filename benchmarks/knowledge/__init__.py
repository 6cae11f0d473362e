"""How well the knowledge search finds and answers, over public data and over the demo shop, beside plain BM25."""
