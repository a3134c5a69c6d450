"""The numbers of enums: the SDKs send and ask for numbers, but discovery documents list only the words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Enum:
    """One enum: its full name and the number of each word."""

    name: str
    numbers: dict[str, int]

    def word(self, number: int) -> str | None:
        """The word of a number, None where there is none."""
        return next((word for word, known in self.numbers.items() if known == number), None)


# full name of the enum -> the numbers of the words whose number is not their place in the discovery document
NUMBERS: dict[str, dict[str, int]] = {
    "google.cloud.ml.v1.TrainingInput.ScaleTier": {"PREMIUM_1": 3, "BASIC_GPU": 6, "BASIC_TPU": 7, "CUSTOM": 5},
    "google.cloud.aiplatform.v1.Scheduling.Strategy": {"FLEX_START": 6},
    "google.cloud.aiplatform.v1.StudySpec.Algorithm": {"GRID_SEARCH": 2, "RANDOM_SEARCH": 3},
    "google.cloud.aiplatform.v1.AcceleratorType": {
        "NVIDIA_TESLA_K80": 1,
        "NVIDIA_TESLA_P100": 2,
        "NVIDIA_TESLA_V100": 3,
        "NVIDIA_TESLA_P4": 4,
        "NVIDIA_TESLA_T4": 5,
        "TPU_V2": 6,
        "TPU_V3": 7,
        "NVIDIA_TESLA_A100": 8,
        "NVIDIA_A100_80GB": 9,
        "TPU_V4_POD": 10,
        "NVIDIA_L4": 11,
        "TPU_V5_LITEPOD": 12,
        "NVIDIA_H100_80GB": 13,
        "NVIDIA_H100_MEGA_80GB": 14,
        "NVIDIA_H200_141GB": 15,
        "NVIDIA_B200": 16,
        "NVIDIA_GB200": 17,
        "NVIDIA_RTX_PRO_6000": 18,
    },
}

# message and field -> the enum, where it is not named after both
NAMES = {
    ("google.cloud.aiplatform.v1.CustomJob", "state"): "google.cloud.aiplatform.v1.JobState",
    ("google.cloud.aiplatform.v1.HyperparameterTuningJob", "state"): "google.cloud.aiplatform.v1.JobState",
    ("google.cloud.aiplatform.v1.StudySpec.MetricSpec", "goal"): (
        "google.cloud.aiplatform.v1.StudySpec.MetricSpec.GoalType"
    ),
    ("google.cloud.aiplatform.v1.MachineSpec", "acceleratorType"): "google.cloud.aiplatform.v1.AcceleratorType",
    ("google.cloud.aiplatform.v1.ReservationAffinity", "reservationAffinityType"): (
        "google.cloud.aiplatform.v1.ReservationAffinity.Type"
    ),
    ("google.cloud.ml.v1.AcceleratorConfig", "type"): "google.cloud.ml.v1.AcceleratorType",
    ("google.cloud.ml.v1.HyperparameterSpec", "goal"): "google.cloud.ml.v1.HyperparameterSpec.GoalType",
    ("google.cloud.ml.v1.HyperparameterOutput", "state"): "google.cloud.ml.v1.Job.State",
    ("google.cloud.ml.v1.ParameterSpec", "type"): "google.cloud.ml.v1.ParameterSpec.ParameterType",
}


def find_enum(message: str, field: str, words: tuple[str, ...]) -> Enum:
    """The enum of a field; a word that no table knows has its place in the list for a number."""
    name = NAMES.get((message, field)) or f"{message}.{field[0].upper()}{field[1:]}"
    numbers = {word: place for place, word in enumerate(words)}
    return Enum(name, numbers | {w: n for w, n in NUMBERS.get(name, {}).items() if w in numbers})
