"""How well what models write is checked."""
