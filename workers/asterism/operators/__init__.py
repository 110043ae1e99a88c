"""The readable atlas of LIV operators: one file each, parallel form and step form."""
