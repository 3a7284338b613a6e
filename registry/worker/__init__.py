"""The worker: carries out what people have decided. It opens the pure rooms; it decides nothing."""
