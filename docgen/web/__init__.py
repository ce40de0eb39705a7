"""The page in a browser (``docgen serve``): for this computer alone, one thin module per door.

It calls what the commands call and knows no standard, no workbook, no package format. ``server`` serves ``app``;
``guard`` stands before it; ``state`` is what a route has at hand; ``jobs`` does what takes time. All state lies in
``workplace``'s folder and the jobs' ledger, none in the process. The server imports nothing that reads documents.

A door, for example ``forms``, consists of:

- **Routes.** ``routes/forms.py`` with its ``ROUTES``; ``async`` functions of a request, with ``state =
  find_state(request)``. ``state.start_job(request, kind)`` takes a form's files and begins a job;
  ``state.pages.render(request, template, door=DOOR, …)`` shows a page; ``raise PageError(status, error(code, …))`` ends
  with a page that says what to do (a DocgenError does, too). Nothing slow runs here: see the next two.
- **Jobs.** A line in ``jobs/kinds.py`` names the kind, its function in ``work/forms.py`` and the template of its
  results, or with ``page`` the route that shows them. ``perform(task, progress) -> JobOutcome``: inputs are
  ``task.order.sources`` (path and name), choices ``task.order.options`` (each field of the form: a list of texts),
  files go into ``task.results``, what a page shows into ``JobOutcome.data`` (JSON), what was found into
  ``diagnostics``. It is killed with the server and then called again with what it left in ``task.results``. It tells
  ``progress`` of each item, and asks it whether to stop. When it is over, ``state.runner.restart(job, kind, order)``
  goes on in the same folder, as another kind if need be: checking, then making; ``read_order`` and ``read_outcome``
  (``jobs/folder``) say what there is.
- **Quick questions** (a cell checked again, a text counted while it is typed): ``await state.desk.ask("docgen.web.work.
  forms:check_cell", …)`` calls the function in a process that stays warm; what it keeps in memory stays, too, until it
  dies. What can be pickled goes in and comes out.
- **Templates.** ``templates/<door>/….html`` extend ``base.html``, a result's page ``job.html`` (block ``result``);
  ``m.`` are the macros of ``macros.html``. ``t("forms.lead")`` is the text ``web.forms.lead`` of
  ``messages/*/web_forms.yaml``; ``web.mend.C140`` is the remedy of C140 on a page, where its own names a command's
  option. Every value is escaped; no style and no script stands in a page: bars are drawings (``m.bar``), a script is a
  module in ``static/`` by its subject, a class stands in ``static/docgen.css``.
- **A sample.** Files in ``examples/<door>``, made by ``scripts/make-page-examples``; ``start_sample`` takes them.
- **Files of the user's own.** ``routes/projects.ask`` asks ``work/project*`` about the projects in the folder that is
  served; what is theirs changes through ``sources/record_edit`` alone. PDF of what a job made: ``m.pdf(job, outputs)``.
- **For programs.** A kind with ``is_command`` is ``POST /api/<kind>``; its ``data`` stands in the answer as it is.
- **Tests.** ``support.web_support`` (an application in the test's process), ``support.browser`` (a real process and
  Chromium; ``@pytest.mark.browser``).

Imports ``batch`` and what stands below.
"""
