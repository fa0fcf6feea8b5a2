# plugins/host
