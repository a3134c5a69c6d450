"""Configs with one thing wrong in a cloud section, or in what a cloud asks of the rest; read by ``broken_configs``."""

from __future__ import annotations

P = "trainer: t\nparameters: {a: 1}\n"

CLOUDS = [
    (
        P + "vertex: {project: My Project}\n",
        "3:19: vertex.project: expected a project's id (small letters, digits, dashes) or number, got 'My Project'",
        "for example my-project",
    ),
    (
        P + "vertex: {region: us-central1-a}\n",
        "3:18: vertex.region: expected a region, got 'us-central1-a'",
        "for example us-central1; a region is a zone without its last part",
    ),
    (
        P + "vertex: {region: US}\n",
        "3:18: vertex.region: expected a region, got 'US'",
        "for example us-central1; a region is a zone without its last part",
    ),
    (
        P + "mlengine: {bucket: my-bucket}\n",
        "3:20: mlengine.bucket: expected gs://bucket or gs://bucket/folder, got 'my-bucket'",
        "for example gs://my-bucket/sweeps",
    ),
    (
        P + "vertex: {bucket: gs://b/sweeps}\n",
        "3:18: vertex.bucket: expected gs://bucket or gs://bucket/folder, got 'gs://b/sweeps'",
        "for example gs://my-bucket/sweeps",
    ),
    (
        P + "vertex: {bucket: gs://My_Bucket}\n",
        "3:18: vertex.bucket: expected gs://bucket or gs://bucket/folder, got 'gs://My_Bucket'",
        "for example gs://my-bucket/sweeps",
    ),
    (
        P + "vertex: {bucket: gs://my-bucket//sweeps}\n",
        "3:18: vertex.bucket: expected gs://bucket or gs://bucket/folder, got 'gs://my-bucket//sweeps'",
        "for example gs://my-bucket/sweeps",
    ),
    (
        P + "vertex: {bucket: gs://my..bucket}\n",
        "3:18: vertex.bucket: expected gs://bucket or gs://bucket/folder, got 'gs://my..bucket'",
        "for example gs://my-bucket/sweeps",
    ),
    (
        P + "vertex: {machine: N1 Standard}\n",
        "3:19: vertex.machine: expected a machine type, got 'N1 Standard'",
        "for example n1-standard-4",
    ),
    (
        P + "vertex: {accelerator: nvidia-tesla-t4}\n",
        "3:23: vertex.accelerator: expected an accelerator as the service spells it, got 'nvidia-tesla-t4'",
        "for example NVIDIA_TESLA_T4",
    ),
    (
        P + "vertex: {accelerator: {count: 2}}\n",
        "3:23: vertex.accelerator.type: missing",
        "The accelerator, as the service spells it.",
    ),
    (
        P + "vertex: {accelerator: {type: NVIDIA_L4, count: 0}}\n",
        "3:48: vertex.accelerator.count: expected a whole number from 1 to 256, got the number 0",
        "",
    ),
    (
        P + "vertex: {runtime: tf cpu}\n",
        "3:19: vertex.runtime: expected a container image's address, got 'tf cpu'",
        "for example us-docker.pkg.dev/vertex-ai/training/pytorch-gpu.2-4.py310:latest",
    ),
    (P + "vertex: {spot: yes}\n", "3:16: vertex.spot: expected true or false, got 'yes'", "write true"),
    (P + "vertex: {spot: 1}\n", "3:16: vertex.spot: expected true or false, got the number 1", "write true or false"),
    (
        P + "vertex: {service_account: me}\n",
        "3:27: vertex.service_account: expected a service account's address, got 'me'",
        "for example name@project.iam.gserviceaccount.com",
    ),
    (
        P + "vertex: {network: default}\n",
        "3:19: vertex.network: expected a network's full name, got 'default'",
        "for example projects/12345/global/networks/default",
    ),
    (
        P + "vertex: {price: 3 EUR}\n",
        "3:17: vertex.price: expected an amount of US dollars, got '3 EUR'",
        "for example 20 USD",
    ),
    (
        P + "vertex: {price: 0}\n",
        "3:17: vertex.price: expected an amount of US dollars, got the number 0",
        "for example 20 USD",
    ),
    (
        P + "vertex: {creates_per_minute: 0}\n",
        "3:30: vertex.creates_per_minute: expected a whole number from 1 to 100000, got the number 0",
        "",
    ),
    (
        P + "vertex: {disk: {type: pd-sdd}}\n",
        "3:23: vertex.disk.type: expected pd-ssd, pd-standard or hyperdisk-balanced, got 'pd-sdd'",
        "did you mean pd-ssd?",
    ),
    (
        P + "vertex: {disk: {size_gb: 10}}\n",
        "3:26: vertex.disk.size_gb: expected a whole number from 100 to 64000, got the number 10",
        "",
    ),
    (
        P + "vertex: {scale_tier: BASIC}\n",
        "3:10: vertex.scale_tier: unknown key 'scale_tier'",
        "it is ML Engine's; write machine",
    ),
    (
        P + "vertex: {master_type: n1-standard-4}\n",
        "3:10: vertex.master_type: unknown key 'master_type'",
        "write machine",
    ),
    (P + "vertex: {image: x}\n", "3:10: vertex.image: unknown key 'image'", "write trainer: {module: ..., image: ...}"),
    (P + "vertex: {timeout: 2h}\n", "3:10: vertex.timeout: unknown key 'timeout'", "write limits: {timeout: 2h}"),
    (P + "vertex: {machin: n1-standard-4}\n", "3:10: vertex.machin: unknown key 'machin'", "did you mean machine?"),
    (
        P + "vertex: {machine: n1-standard-4, worker_pools: [{machine: n1-standard-8}]}\n",
        "3:19: vertex.machine: with worker_pools, machine is said of each pool",
        "move it into the first pool",
    ),
    (
        P + "vertex: {accelerator: NVIDIA_L4, worker_pools: [{machine: g2-standard-4}]}\n",
        "3:23: vertex.accelerator: with worker_pools, accelerator is said of each pool",
        "move it into the first pool",
    ),
    (
        P + "vertex: {worker_pools: [{machine: n1-standard-8, replicas: 2}]}\n",
        "3:60: vertex.worker_pools[0].replicas: the first pool is the chief: one machine",
        "put the others into a second pool",
    ),
    (
        P + "vertex: {worker_pools: []}\n",
        "3:24: vertex.worker_pools: expected at least one entry, got an empty list",
        "",
    ),
    (
        P + "vertex: {spot: true, max_wait: 1h}\n",
        "3:32: vertex.max_wait: spot machines are not waited for: max_wait belongs to machines that are not spot",
        "leave out one of the two",
    ),
    (
        P + "vertex: {persistent_resource: My Pool}\n",
        "3:31: vertex.persistent_resource: expected the id of a persistent resource, got 'My Pool'",
        "for example my-pool",
    ),
    (P + "vertex: [x]\n", "3:9: vertex: expected a mapping, got a list", "write key: value"),
    (
        P + "mlengine: {scale_tier: basic}\n",
        "3:24: mlengine.scale_tier: expected BASIC, STANDARD_1, PREMIUM_1, BASIC_GPU, BASIC_TPU or CUSTOM, got 'basic'",
        "did you mean BASIC?",
    ),
    (
        P + "mlengine: {scale_tier: CUSTOM}\n",
        "3:24: mlengine.master_type: missing: scale_tier: CUSTOM needs the type of the machine",
        "write master_type: n1-standard-4",
    ),
    (
        P + "mlengine: {scale_tier: BASIC, master_type: n1-standard-4}\n",
        "3:44: mlengine.master_type: master_type belongs to scale_tier: CUSTOM, got scale_tier: BASIC",
        "write scale_tier: CUSTOM, or leave it out",
    ),
    (
        P + "mlengine: {scale_tier: BASIC, accelerator: NVIDIA_TESLA_T4}\n",
        "3:44: mlengine.accelerator: accelerator belongs to scale_tier: CUSTOM, got scale_tier: BASIC",
        "write scale_tier: CUSTOM, or leave it out",
    ),
    (
        P + "mlengine: {worker_type: n1-standard-4, worker_count: 2}\n",
        "3:25: mlengine.worker_type: worker_type needs the type of the first machine as well",
        "add master_type: n1-standard-4",
    ),
    (
        P + "mlengine: {machine: n1-standard-4, master_type: n1-standard-4}\n",
        "3:21: mlengine.machine: machine is another name for master_type, which is there as well",
        "keep one of them",
    ),
    (
        P + "mlengine: {master_type: n1-standard-4, worker_type: n1-standard-4}\n",
        "3:53: mlengine.worker_type: worker_type needs worker_count as well",
        "add worker_count",
    ),
    (
        P + "mlengine: {master_type: n1-standard-4, parameter_server_count: 2}\n",
        "3:64: mlengine.parameter_server_count: parameter_server_count needs parameter_server_type as well",
        "add parameter_server_type",
    ),
    (P + "mlengine: {max_wait: 5m}\n", "3:22: mlengine.max_wait: ML Engine takes 30m at least", "write 30m or more"),
    (
        P + "mlengine: {priority: 2000}\n",
        "3:22: mlengine.priority: expected a whole number from 0 to 1000, got the number 2000",
        "",
    ),
    (
        P + "mlengine: {runtime: newest}\n",
        "3:21: mlengine.runtime: expected a version, got 'newest'",
        "for example 2.11",
    ),
    (
        P + "mlengine: {spot: true}\n",
        "3:12: mlengine.spot: unknown key 'spot'",
        "ML Engine has no spot machines; leave it out, or write backend: vertex",
    ),
    (
        P + "mlengine: {master_image: x}\n",
        "3:12: mlengine.master_image: unknown key 'master_image'",
        "write trainer: {module: ..., image: ...}",
    ),
    (
        P + "mlengine: {worker_pools: []}\n",
        "3:12: mlengine.worker_pools: unknown key 'worker_pools'",
        "write worker_type, worker_count, parameter_server_type and parameter_server_count",
    ),
    (
        "trainer: {module: t, image: x}\nparameters: {a: 1}\nmlengine: {runtime: 2.11}\n",
        "3:21: mlengine.runtime: runtime is for packages, and trainer.image is a container",
        "leave out one of the two",
    ),
    (
        "trainer: {module: t, image: x}\nparameters: {a: 1}\nmlengine: {python_version: 3.7}\n",
        "3:28: mlengine.python_version: python_version is for packages, and trainer.image is a container",
        "leave out one of the two",
    ),
    (
        "trainer: {module: t, image: My Image}\nparameters: {a: 1}\n",
        "1:29: trainer.image: expected a container image's address, got 'My Image'",
        "for example us-docker.pkg.dev/my-project/my-repo/trainer:latest",
    ),
    (
        "trainer: {module: t, env: {A: b}}\nparameters: {a: 1}\nbackend: mlengine\n",
        "1:27: trainer.env: ML Engine cannot set environment variables for a package",
        "leave it out, give trainer.image, or write backend: vertex",
    ),
    (
        "trainer: {module: t, cloud_requires: 3}\nparameters: {a: 1}\n",
        "1:38: trainer.cloud_requires: expected text, got the number 3",
        "quote it: '3'",
    ),
    (P + "stage: 3\n", "3:8: stage: expected text, got the number 3", "quote it: '3'"),
    (
        P + "limits: {cost: 20 EUR}\n",
        "3:16: limits.cost: expected an amount of US dollars, got '20 EUR'",
        "for example 20 USD",
    ),
    (
        P + "limits: {cost: 0}\n",
        "3:16: limits.cost: expected an amount of US dollars, got the number 0",
        "for example 20 USD",
    ),
    (
        P + "limits: {cost: much}\n",
        "3:16: limits.cost: expected an amount of US dollars, got 'much'",
        "for example 20 USD",
    ),
    (P + "backend: slurm\n", "3:10: backend: slurm is not available yet", "use local, mlengine or vertex"),
    (
        P + "backend: Vertex\n",
        "3:10: backend: expected local, mlengine or vertex, got 'Vertex'",
        "did you mean vertex?",
    ),
]
