"""What happens in the city: applications, paths, work, officers and their queues."""
