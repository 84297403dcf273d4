"""The views of the Image API, one module for each noun."""
