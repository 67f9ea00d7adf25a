"""Any file people really have in; plain CSV tables, proposed schemas and a Report with remedies out.

    file ──kind──▶ archive · workbook · JSON · GeoJSON · Parquet · text
    text ──sniffed, decoding──▶ UTF-8 ──dialect, layout, cutting──▶ table `cells`, all texts
    `cells` ──inference──▶ a reading per column (type and notation) ──canonical──▶ CSV and findings

Right, or clearly asked or refused; never silently wrong: whatever is dropped, renamed or read otherwise than written
is a finding, and a doubt that changes values is an error whose remedy a curator accepts (`Choices`).
"""
