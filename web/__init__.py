"""The pages that caseworkers, leaders, process owners and auditors work in.

One way through: a page (`web/pages`, one file each) reads through `engine.queries`, or calls one verb
of `engine.casework`, and answers with a template of the same name.

- `app`: puts it together; `assets`: what npm built; `texts`: the catalogue and Danish dates
- `identity`: who somebody is (demo people now; OIDC is another class of the same shape)
- `signing`: who is signed in to this request; `security`: headers, forgery and guessing
- `refusals`: what somebody reads when something could not be done
- `serving`: the site as a process; `cli`: the commands that start and measure it
- `frontend/`: the sources of style and script; `templates/`: Jinja
"""
