"""A Ray cluster of several nodes on this machine's loopback addresses, which can lose one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The least that Ray accepts.
STORE_BYTES = 80 * 2**20
# A dead node is noticed after three seconds instead of a quarter of a minute.
HEALTH = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 1000, "health_check_failure_threshold": 3}
# Nothing is reported to anybody, and no file lies where another cluster of this machine has its own.
VARIABLES = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_TMPDIR": ""}


@dataclass(frozen=True, slots=True)
class RunningCluster:
    """Nodes with one core each; every one is several processes of its own."""

    ray_cluster: Any

    @property
    def address(self) -> str:
        """Host and port of the head."""
        return str(self.ray_cluster.address)

    def add_node(self, host: str) -> object:
        """One more node, at a loopback address of its own."""
        return self.ray_cluster.add_node(node_ip_address=host, num_cpus=1, object_store_memory=STORE_BYTES)

    def kill(self, node: object) -> None:
        """End every process of a node at once, as when its power is cut."""
        self.ray_cluster.remove_node(node, allow_graceful=False)


@contextmanager
def running_cluster() -> Iterator[RunningCluster]:
    """A cluster with a head and nothing else yet; everything ends with the block."""
    before = {name: os.environ.get(name) for name in VARIABLES}  # noqa: TID251 - what Ray reads
    # Names of sockets have at most 107 characters, so the folder of a test is too deep.
    with tempfile.TemporaryDirectory(prefix="ray-", dir=Path(tempfile.gettempdir())) as folder:
        os.environ.update(VARIABLES | {"RAY_TMPDIR": folder})  # noqa: TID251 - likewise
        try:
            from ray.cluster_utils import Cluster  # noqa: PLC0415 - it takes a second, and reads the variables

            head = {"node_ip_address": "127.0.0.2", "num_cpus": 1, "include_dashboard": False}
            options = {**head, "object_store_memory": STORE_BYTES, "_system_config": HEALTH}
            ray_cluster = Cluster(initialize_head=True, head_node_args=options)
            try:
                yield RunningCluster(ray_cluster)
            finally:
                ray_cluster.shutdown()
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]  # noqa: TID251 - likewise
                else:
                    os.environ[name] = value  # noqa: TID251 - likewise
