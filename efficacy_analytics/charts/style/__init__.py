"""What all pictures share: colours, typefaces, numbers, names, the library without a network."""
