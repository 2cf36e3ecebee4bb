"""The engine of Overligger: diagrams are run for cases.

feel        expressions                      domain      what the law talks about
decisions   decision tables                  services    functions that a diagram may call
bpmn        diagrams: lint, compile, run     casework    the verbs, one transaction each
forms       what may be answered             scenarios   stories under a virtual clock
diagrams    deploying, versions, releases    benchmarks  what a step costs

store, definitions, tables, instances, jobs, events, reads, incidents, outbox hold the rows;
clock is the only clock, errors the two kinds of error, settings what differs between installations.
docs/architecture.md draws the arrows between them.
"""
