"""What was tried about the mixture and the optimiser on nano-2, and the page that tells it."""
