"""Deployed definitions (BPMN, DMN, forms), their versions and releases, and the deploy check.

check        what files need of each other, of the services and of the organisation
queues       which queues there are
deploying    all of the files, or none
releases     what is in force, and what a running case is pinned to
describe     the page that lists every process
"""

from engine.bpmn.lint import Finding
from engine.definitions import Definition, Deployment, Release, ReleaseMember
from engine.diagrams.check import check
from engine.diagrams.deploying import (
    DeployRefused,
    MayNotDeploy,
    brought,
    check_paths,
    deploy,
    sound,
)
from engine.diagrams.describe import describe
from engine.diagrams.queues import Queues
from engine.diagrams.releases import (
    OwnStart,
    UnknownForm,
    UnknownProcess,
    current_release,
    form,
    members,
    own_starts,
    program,
    published,
    started_by,
)
from engine.files import read_files, shipped

__all__ = [
    "Definition",
    "DeployRefused",
    "Deployment",
    "Finding",
    "MayNotDeploy",
    "OwnStart",
    "Queues",
    "Release",
    "ReleaseMember",
    "UnknownForm",
    "UnknownProcess",
    "brought",
    "check",
    "check_paths",
    "current_release",
    "deploy",
    "describe",
    "form",
    "members",
    "own_starts",
    "program",
    "published",
    "read_files",
    "shipped",
    "sound",
    "started_by",
]
