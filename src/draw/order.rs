//! What is drawn, in which order, and which lines go straight on. Knows no lanes.

use std::collections::{BTreeMap, BTreeSet};

use super::lanes::Laid;
use super::{Kind, Published, Row, Subject};
use crate::graph::{Node, RevisionGraph};
use crate::revision::BranchLabel;

/// The history as it is drawn: vertices, which are revisions and missing parents, without the edges that close circles.
pub(super) struct Shape<'a> {
    vertices: Vec<Vertex<'a>>,
    /// The vertices from top to bottom.
    pub(super) order: Vec<usize>,
    /// The row of each vertex.
    pub(super) row_of: Vec<usize>,
    /// By vertex; the one that the line goes straight on to comes first.
    pub(super) parents: Vec<Vec<usize>>,
    /// By vertex; the one from which the line comes straight down, first.
    pub(super) children: Vec<Vec<usize>>,
    /// By vertex: the parents whose edge would close a circle.
    circles: Vec<Vec<usize>>,
}

#[derive(Clone, Copy)]
enum Vertex<'a> {
    Revision(Node),
    Missing(&'a str),
}

impl<'a> Shape<'a> {
    /// The shape of what is to be drawn.
    pub(super) fn new(subject: &Subject<'a>) -> Self {
        let mut shape = Self::collect(subject.graph, subject.range);
        let down = shape.break_circles();
        let weights = shape.weigh(&down, subject.published);
        shape.straighten(&weights);
        shape.put_in_order();
        shape
    }

    fn collect(graph: &'a RevisionGraph<'a>, range: Option<&[Node]>) -> Self {
        let mut vertices: Vec<Vertex<'a>> = Vec::new();
        let mut at: Vec<Option<usize>> = vec![None; graph.all_nodes().len()];
        let nodes: BTreeSet<Node> = match range {
            Some(range) => range.iter().copied().collect(),
            None => graph.all_nodes().collect(),
        };
        for &node in &nodes {
            at[node.index()] = Some(vertices.len());
            vertices.push(Vertex::Revision(node));
        }
        let mut parents: Vec<Vec<usize>> = Vec::with_capacity(vertices.len());
        for &node in &nodes {
            parents.push(graph.parents(node).iter().filter_map(|node| at[node.index()]).collect());
        }
        let mut missing: BTreeMap<&'a str, usize> = BTreeMap::new();
        for one in graph.missing_parents() {
            let Some(child) = at[one.child.index()] else { continue };
            let ghost = *missing.entry(one.text).or_insert_with(|| {
                vertices.push(Vertex::Missing(one.text));
                parents.push(Vec::new());
                vertices.len() - 1
            });
            if !parents[child].contains(&ghost) {
                parents[child].push(ghost);
            }
        }
        let count = vertices.len();
        Self {
            vertices,
            order: Vec::with_capacity(count),
            row_of: vec![0; count],
            parents,
            children: vec![Vec::new(); count],
            circles: vec![Vec::new(); count],
        }
    }

    /// Takes away the edges that lead back to where a walk down from the heads came from. Gives the vertices in an order
    /// in which parents come before their children.
    fn break_circles(&mut self) -> Vec<usize> {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let count = self.vertices.len();
        let mut has_child = vec![false; count];
        for &parent in self.parents.iter().flatten() {
            has_child[parent] = true;
        }
        let heads = (0..count).filter(|&vertex| !has_child[vertex]);
        let starts: Vec<usize> = heads.chain(0..count).collect();
        let mut state = vec![State::New; count];
        let mut done = Vec::with_capacity(count);
        for start in starts {
            if state[start] != State::New {
                continue;
            }
            state[start] = State::Open;
            let mut walk = vec![(start, 0)];
            while let Some((vertex, next)) = walk.last_mut() {
                let vertex = *vertex;
                let Some(&parent) = self.parents[vertex].get(*next) else {
                    state[vertex] = State::Done;
                    done.push(vertex);
                    walk.pop();
                    continue;
                };
                *next += 1;
                match state[parent] {
                    State::New => {
                        state[parent] = State::Open;
                        walk.push((parent, 0));
                    }
                    State::Open => self.circles[vertex].push(parent),
                    State::Done => {}
                }
            }
        }
        for vertex in 0..count {
            let circles = &self.circles[vertex];
            self.parents[vertex].retain(|parent| !circles.contains(parent));
            for &parent in &self.parents[vertex] {
                self.children[parent].push(vertex);
            }
        }
        done
    }

    fn is_published(&self, vertex: usize, published: &dyn Fn(Node) -> Published) -> bool {
        match self.vertices[vertex] {
            Vertex::Revision(node) => published(node) == Published::Yes,
            Vertex::Missing(_) => false,
        }
    }

    /// How long the lines below and above each vertex are; `down` has parents before children.
    fn weigh(&self, down: &[usize], published: &dyn Fn(Node) -> Published) -> Weights {
        let count = self.vertices.len();
        let mut weights = Weights { below: vec![(0, 0); count], above: vec![0; count] };
        for &vertex in down {
            let parents = self.parents[vertex].iter().map(|&parent| weights.below[parent]);
            let deepest = parents.clone().map(|(_, depth)| depth).max().unwrap_or(0) + 1;
            let known = parents.map(|(known, _)| known).max().unwrap_or(0);
            let known = if self.is_published(vertex, published) { deepest } else { known };
            weights.below[vertex] = (known, deepest);
        }
        for &vertex in down.iter().rev() {
            let children = self.children[vertex].iter().map(|&child| weights.above[child]);
            weights.above[vertex] = children.max().unwrap_or(0) + 1;
        }
        weights
    }

    /// Sorts children and parents so that the straight ones come first: the trunk, which is the longest line down from the
    /// head with the longest published line, and elsewhere the longest line up.
    fn straighten(&mut self, weights: &Weights) {
        let mut on_trunk = vec![false; self.vertices.len()];
        let heads = (0..self.vertices.len()).filter(|&vertex| self.children[vertex].is_empty());
        let mut at = heads.max_by_key(|&head| (weights.below[head], std::cmp::Reverse(head)));
        while let Some(vertex) = at {
            on_trunk[vertex] = true;
            // The first of several that weigh the same.
            at = self.parents[vertex].iter().rev().copied().max_by_key(|&one| weights.below[one]);
        }
        for children in &mut self.children {
            children.sort_by_key(|&child| {
                (!on_trunk[child], std::cmp::Reverse(weights.above[child]), child)
            });
        }
        for vertex in 0..self.vertices.len() {
            let children = &self.children;
            let goes_on = |parent: usize| children[parent].first() == Some(&vertex);
            self.parents[vertex].sort_by_key(|&parent| {
                let trunk = on_trunk[vertex] && on_trunk[parent] && goes_on(parent);
                (!trunk, !goes_on(parent), std::cmp::Reverse(weights.below[parent]))
            });
        }
        let mut roots: Vec<usize> =
            (0..self.vertices.len()).filter(|&vertex| self.parents[vertex].is_empty()).collect();
        roots.sort_by_key(|&root| !on_trunk[root]);
        self.order = roots;
    }

    /// Walks up from the roots, which `order` holds, and lets each vertex follow all that follows it.
    fn put_in_order(&mut self) {
        let roots = std::mem::take(&mut self.order);
        let mut line = Line {
            shape: self,
            seen: vec![false; self.vertices.len()],
            order: Vec::new(),
            put: vec![false; self.vertices.len()],
        };
        for root in roots {
            line.climb(root);
        }
        let order = line.order;
        for (row, &vertex) in order.iter().enumerate() {
            self.row_of[vertex] = row;
        }
        self.order = order;
    }
}

/// The longest line below (its published part first) and above each vertex, itself included.
struct Weights {
    below: Vec<(usize, usize)>,
    above: Vec<usize>,
}

/// Putting vertices in line.
struct Line<'s, 'a> {
    shape: &'s Shape<'a>,
    /// Those that the walk has come to.
    seen: Vec<bool>,
    /// Those that have their place.
    put: Vec<bool>,
    order: Vec<usize>,
}

impl Line<'_, '_> {
    fn climb(&mut self, root: usize) {
        if std::mem::replace(&mut self.seen[root], true) {
            return;
        }
        let mut walk = vec![(root, 0)];
        while let Some((vertex, next)) = walk.last_mut() {
            let vertex = *vertex;
            let Some(&child) = self.shape.children[vertex].get(*next) else {
                walk.pop();
                self.put(vertex);
                continue;
            };
            *next += 1;
            if !std::mem::replace(&mut self.seen[child], true) {
                walk.push((child, 0));
            }
        }
    }

    /// Gives the vertex its place, and right below it the lines that it ends and that lead to no other.
    fn put(&mut self, vertex: usize) {
        if std::mem::replace(&mut self.put[vertex], true) {
            return;
        }
        self.order.push(vertex);
        for &side in self.shape.parents[vertex].get(1..).unwrap_or_default() {
            for member in self.line_to_its_base(side) {
                self.seen[member] = true;
                self.put[member] = true;
                self.order.push(member);
            }
        }
    }

    /// The line from `top` to a base of its own; empty where it leads to others, or something above is not there yet.
    fn line_to_its_base(&self, top: usize) -> Vec<usize> {
        let mut line: Vec<usize> = Vec::new();
        let mut at = top;
        loop {
            let children = &self.shape.children[at];
            let is_ready = match line.last() {
                None => children.iter().all(|&child| self.put[child]),
                Some(_) => children.len() == 1,
            };
            if !is_ready || self.put[at] {
                return Vec::new();
            }
            line.push(at);
            match self.shape.parents[at][..] {
                [] => return line,
                [parent] => at = parent,
                _ => return Vec::new(),
            }
        }
    }
}

/// What the rows say.
impl<'a> Shape<'a> {
    /// The rows, with the lanes that were found for them.
    pub(super) fn rows(&self, subject: &Subject<'a>, laid: &Laid) -> Vec<Row> {
        let graph = subject.graph;
        let mut twice = vec![false; graph.all_nodes().len()];
        for node in graph.duplicates().into_iter().flatten() {
            twice[node.index()] = true;
        }
        let mut row_of_node = vec![None; twice.len()];
        for (vertex, one) in self.vertices.iter().enumerate() {
            if let Vertex::Revision(node) = one {
                row_of_node[node.index()] = Some(self.row_of[vertex]);
            }
        }
        let in_circle = self.in_circle(graph);
        let rows = self.order.iter().enumerate().map(|(at, &vertex)| {
            let mut row = match self.vertices[vertex] {
                Vertex::Missing(id) => missing(id),
                Vertex::Revision(node) => {
                    let mut row = revision(subject, node);
                    if twice[node.index()] {
                        row.defects.insert(0, "id used twice".to_owned());
                    }
                    let is_drawn = |parent: &Node| row_of_node[parent.index()].is_some();
                    let beyond = graph.parents(node).iter().filter(|parent| !is_drawn(parent));
                    row.beyond = beyond.map(|&parent| graph.id(parent).to_string()).collect();
                    let needed = graph.dependencies(node).iter();
                    row.dependencies =
                        needed.filter_map(|node| row_of_node[node.index()]).collect();
                    row
                }
            };
            let rows = |vertices: &[usize]| vertices.iter().map(|&one| self.row_of[one]).collect();
            row.parents = rows(&self.parents[vertex]);
            row.children = rows(&self.children[vertex]);
            row.children.sort_unstable();
            row.circles = rows(&self.circles[vertex]);
            for &above in &self.circles[vertex] {
                let id = match self.vertices[above] {
                    Vertex::Revision(node) => graph.id(node).as_str(),
                    Vertex::Missing(id) => id,
                };
                row.defects.push(format!("in a circle: follows {id}"));
            }
            if in_circle[vertex] && row.defects.is_empty() {
                row.defects.push("in a circle".to_owned());
            }
            row.lane = laid.lanes[at];
            row.arriving.clone_from(&laid.arriving[at]);
            row.passing.clone_from(&laid.passing[at]);
            row.leaving.clone_from(&laid.leaving[at]);
            row
        });
        rows.collect()
    }
}

impl Shape<'_> {
    /// The vertices of every circle, by whichever kind of edge it is closed.
    fn in_circle(&self, graph: &RevisionGraph<'_>) -> Vec<bool> {
        let members: BTreeSet<Node> =
            graph.cycles().into_iter().flat_map(|cycle| cycle.path).collect();
        let is_member = |one: &Vertex<'_>| match one {
            Vertex::Revision(node) => members.contains(node),
            Vertex::Missing(_) => false,
        };
        self.vertices.iter().map(is_member).collect()
    }
}

fn missing(id: &str) -> Row {
    Row {
        kind: Kind::Missing,
        id: id.to_owned(),
        message: String::new(),
        path: None,
        date: None,
        down_revision: Vec::new(),
        labels: Vec::new(),
        refs: Vec::new(),
        published: Published::Unknown,
        is_baseline_tip: false,
        is_head: false,
        is_base: false,
        is_branch_point: false,
        is_merge_point: false,
        needs: Vec::new(),
        dependencies: Vec::new(),
        defects: vec!["no file defines it".to_owned()],
        parents: Vec::new(),
        children: Vec::new(),
        circles: Vec::new(),
        beyond: Vec::new(),
        run: Vec::new(),
        lane: 0,
        arriving: Vec::new(),
        passing: Vec::new(),
        leaving: Vec::new(),
    }
}

fn revision(subject: &Subject<'_>, node: Node) -> Row {
    let graph = subject.graph;
    let (script, revision) = (graph.script(node), graph.revision(node));
    let is_head = graph.children(node).is_empty();
    let labels: Vec<String> = if is_head {
        graph.labels(node).iter().map(ToString::to_string).collect()
    } else {
        let own: BTreeSet<&str> = revision.labels.iter().map(BranchLabel::as_str).collect();
        own.into_iter().map(str::to_owned).collect()
    };
    let published = (subject.published)(node);
    let goes_on = |child: &Node| (subject.published)(*child) == Published::Yes;
    let mut defects = Vec::new();
    if !revision.parents_known {
        defects.push("what it follows cannot be read".to_owned());
    }
    for name in revision.edges.dependencies.iter().map(AsRef::as_ref) {
        if !name.is_empty() && graph.find(name).is_none() && graph.find_label(name).is_none() {
            defects.push(format!("no file defines {name}, which it needs"));
        }
    }
    Row {
        kind: Kind::Revision,
        id: revision.id.to_string(),
        message: revision.message().to_owned(),
        path: Some((subject.path)(&script.path)),
        date: script.header.create_date.as_ref().map(|line| line.text.to_string()),
        down_revision: revision.edges.parents.iter().map(ToString::to_string).collect(),
        labels,
        refs: (subject.refs)(node),
        published,
        is_baseline_tip: published == Published::Yes && !graph.children(node).iter().any(goes_on),
        is_head,
        is_base: revision.edges.parents.is_empty() && revision.parents_known,
        is_branch_point: graph.is_branch_point(node),
        is_merge_point: graph.is_merge_point(node),
        needs: revision
            .edges
            .dependencies
            .iter()
            .filter(|name| !name.is_empty())
            .map(ToString::to_string)
            .collect(),
        defects,
        ..missing("")
    }
}
