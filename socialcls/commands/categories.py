"""`socialcls categories`."""

from socialcls.commands.options import JsonOption, LanguageOption, choose_language, make_app, print_json, show_examples

app = make_app()


@app.command(epilog=show_examples("socialcls categories --lang pl"))
def categories(*, lang: LanguageOption = "", as_json: JsonOption = False) -> None:
    """Show what the categories are: definitions, kinds, signals, and where the line runs."""
    from socialcls.taxonomy.guide import load_guide

    language = choose_language(lang)
    guide = load_guide(language)
    if as_json:
        from socialcls.reports.json import describe_guide

        print_json(describe_guide(guide))
        return
    from socialcls.terminal.console import make_console
    from socialcls.terminal.guide import render_guide

    console = make_console()
    console.print(render_guide(guide, language, console.width))
