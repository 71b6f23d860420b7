"""The only place that speaks containerd's gRPC (containerd api/services)."""
