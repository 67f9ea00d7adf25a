"""What the portal costs, as ratios in one run against what a user would pick instead. Run: `make bench`."""
