"""Which versions of which frameworks are compared, and in which environment each of them lives."""

import os
from dataclasses import dataclass
from pathlib import Path

_ENVIRONMENTS = Path(__file__).parent.parent.parent / ".venv-peers"


@dataclass(frozen=True)
class PeerVersion:
    """One version of a framework that can be executed.

    Attributes:
        framework: Name in a spec.
        version: Version in a spec, and of the real package.
        environment: Folder of its environment, and name of its lock file.
        checkout: Environment variable that names a checkout of its repository, for what is in no
            wheel.
    """

    framework: str
    version: str
    environment: str
    checkout: str = ""

    @property
    def module(self) -> str:
        """Name of its modules of cases and answers."""
        return self.framework.replace("-", "_")

    @property
    def python(self) -> Path:
        """The Python of its environment."""
        return _ENVIRONMENTS / self.environment / "bin" / "python"

    @property
    def absent(self) -> str:
        """What is missing to run it; empty where it can be run."""
        if not self.python.exists():
            return f"{self.python} (`make environment-peers` builds it)"
        if self.checkout and not Path(os.environ.get(self.checkout, "absent")).is_dir():
            return f"{self.checkout}, which names a checkout of the repository of {self.framework}"
        return ""


PEERS = (
    PeerVersion("pytorch", "2.5.1", "torch25"),
    PeerVersion("pytorch", "2.6.0", "torch26"),
    PeerVersion("pytorch", "2.13.0", "torch"),
    PeerVersion("accelerate", "1.15.0", "accelerate"),
    PeerVersion("hf-trainer", "4.45.2", "hf445"),
    PeerVersion("hf-trainer", "4.51.3", "hf451"),
    PeerVersion("hf-trainer", "4.57.1", "hf457"),
    PeerVersion("hf-trainer", "5.23.0", "hf5"),
    PeerVersion("lightning", "2.6.6", "lightning"),
    PeerVersion("keras", "3.15.1", "tensorflow"),
    PeerVersion("tf-data", "2.21.0", "tensorflow"),
    PeerVersion("deepspeed", "0.19.5", "deepspeed0195"),
    PeerVersion("deepspeed", "0.19.7", "deepspeed0197"),
    PeerVersion("deepspeed", "0.19.8", "deepspeed"),
    PeerVersion("megatron", "0.16.1", "megatron", checkout="MEGATRON_LM"),
    PeerVersion("mosaic-streaming", "0.13.0", "streaming"),
    PeerVersion("grain", "0.2.18", "grain"),
)
