"""What runs unattended: pipelines of steps, their periods, their catalogue, and what is told of them."""
