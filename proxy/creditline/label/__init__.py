"""Labels that people see: drawn into pictures."""
