"""What pages ask for, and what of it can be right."""
