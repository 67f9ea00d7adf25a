"""The story from a folder or draft to a served version: checked, built, verified, switched.

folder ──take_in──▶ Draft ──build──▶ files in the store ──release──▶ Version, pointer switched
                      ▲                                                  │
                      └── taken up again after a crash                   └── rebuild: derived files made anew
"""
