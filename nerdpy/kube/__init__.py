"""Pure: the k8s.io view of containers and images."""
