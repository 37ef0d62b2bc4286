"""The field's vocabularies, as data."""
