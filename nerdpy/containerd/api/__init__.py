"""containerd's messages: the .proto files, and what hack/protos makes of them. Imported by `nerdpy.containerd` only."""
