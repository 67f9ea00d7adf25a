"""What is said of a dataset, as a graph that tests can ask."""

from rdflib import Graph

from portal.dcat.described import DescribedDataset
from portal.dcat.subject import graph_of
from portal.dcat.to_graph import dataset_statements


def dataset_graph(dataset: DescribedDataset) -> Graph:
    """Give all triples about *dataset*."""
    return graph_of(dataset_statements(dataset))
