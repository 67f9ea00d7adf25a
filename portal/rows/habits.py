"""What the parameters of the row query are called elsewhere: CKAN, Datasette, OData, SODA and most home-made interfaces."""

HABITS = {
    **dict.fromkeys(("page", "offset", "start", "skip", "cursor", "_next"), "after"),
    **dict.fromkeys(("per_page", "page_size", "pagesize", "size", "rows", "_size", "top", "$top", "$limit"), "limit"),
    **dict.fromkeys(("order", "order_by", "orderby", "ordering", "_sort", "$order"), "sort"),
    **dict.fromkeys(("select", "fields", "cols", "_col", "$select"), "columns"),
    **dict.fromkeys(("search", "query", "_search", "$q"), "q"),
    **dict.fromkeys(("group", "groupby", "$group"), "group_by"),
}
"""What other interfaces call it ↔ our parameter: said to whoever tries it, not taken."""
