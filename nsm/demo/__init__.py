"""Two simulated stars, and the truth about them."""
