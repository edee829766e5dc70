// The picture of the provenance can be walked, and the page printed with everything open. Without
// this script both are there all the same: as links, and with what the reader has opened.

/** The nodes of a picture, and which leads to which. */
class Walk {
  constructor(picture) {
    this.picture = picture;
    this.nodes = new Map();
    for (const node of picture.querySelectorAll(".node")) this.nodes.set(node.dataset.n, node);
    this.ahead = new Map();
    this.behind = new Map();
    for (const [name, node] of this.nodes) {
      for (const end of this.meant(node.dataset.to)) {
        this.join(this.ahead, name, end);
        this.join(this.behind, end, name);
      }
    }
    // One stop of the Tab key for the whole picture; from there on the arrow keys lead.
    this.links = [...this.nodes.values()].filter((node) => node.matches("a"));
    this.links.forEach((node, number) => node.setAttribute("tabindex", number ? "-1" : "0"));
    this.edges = [...picture.querySelectorAll(".edges path")];
    picture.addEventListener("pointerover", (event) => this.show(event.target.closest(".node")));
    picture.addEventListener("pointerleave", () => this.show(this.focused()));
    picture.addEventListener("focusin", (event) => this.arrive(event.target.closest(".node")));
    picture.addEventListener("focusout", () => this.show(null));
    picture.addEventListener("keydown", (event) => this.step(event));
  }

  /** The nodes that a list of names stands for; the name of a box stands for all that is in it. */
  meant(names) {
    const found = [];
    for (const name of names.split(" ").filter(Boolean)) {
      if (this.nodes.has(name)) found.push(name);
      else for (const other of this.nodes.keys()) {
        if (other.startsWith(`${name}.`) && this.nodes.get(other).dataset.to) found.push(other);
      }
    }
    return found;
  }

  join(map, key, value) {
    if (!map.has(key)) map.set(key, new Set());
    map.get(key).add(value);
  }

  focused() {
    return document.activeElement?.closest?.(".walk") === this.picture
      ? document.activeElement.closest(".node") : null;
  }

  /** Shows the way of the node that has the focus, and has Tab come back to it. */
  arrive(node) {
    if (node) for (const other of this.links) other.setAttribute("tabindex", other === node ? "0" : "-1");
    this.show(node);
  }

  /** All that can be reached from a name in one direction. */
  reached(map, name, found = new Set([name])) {
    for (const other of map.get(name) ?? []) {
      if (!found.has(other)) {
        found.add(other);
        this.reached(map, other, found);
      }
    }
    return found;
  }

  /** Lights the way from a node to both ends; nothing where there is no node. */
  show(node) {
    this.picture.classList.toggle("walking", Boolean(node));
    for (const one of this.picture.querySelectorAll(".on, .at")) one.classList.remove("on", "at");
    if (!node) return;
    const way = new Set([...this.reached(this.behind, node.dataset.n),
      ...this.reached(this.ahead, node.dataset.n)]);
    for (const name of way) {
      this.nodes.get(name).classList.add("on");
      this.nodes.get(name).closest(".box").classList.add("on");
    }
    node.classList.add("at");
    for (const edge of this.edges) {
      const { a, b } = edge.dataset;
      edge.classList.toggle("on", this.inWay(a, way) && this.inWay(b, way));
    }
  }

  inWay(name, way) {
    return way.has(name) || (!this.nodes.has(name) && [...way].some((one) => one.startsWith(`${name}.`)));
  }

  /** Arrow keys: left and right along the lines, up and down within a column. */
  step(event) {
    const node = event.target.closest("a.node");
    if (!node) return;
    const name = node.dataset.n;
    let next = null;
    if (event.key === "ArrowRight") next = this.nearest(node, this.ahead.get(name));
    else if (event.key === "ArrowLeft") next = this.nearest(node, this.behind.get(name));
    else if (event.key === "ArrowDown") next = this.beside(node, 1);
    else if (event.key === "ArrowUp") next = this.beside(node, -1);
    else return;
    event.preventDefault();
    next?.focus();
  }

  place(node) {
    const { x, y, height } = node.querySelector("rect");
    return { column: this.column(node), x: x.baseVal.value, y: y.baseVal.value + height.baseVal.value / 2 };
  }

  column(node) {
    return node.closest(".box").querySelector("rect").x.baseVal.value;
  }

  /** Of some nodes the one in another column that lies nearest. */
  nearest(node, names) {
    const here = this.place(node);
    const others = [...(names ?? [])].map((name) => this.nodes.get(name));
    const across = others.filter((other) => other.matches("a") && this.column(other) !== here.column);
    return (across.length ? across : others.filter((other) => other.matches("a")))
      .sort((one, other) => Math.abs(this.place(one).y - here.y) - Math.abs(this.place(other).y - here.y))[0];
  }

  beside(node, direction) {
    const here = this.place(node);
    return this.links
      .filter((other) => this.column(other) === here.column)
      .map((other) => [direction * (this.place(other).y - here.y), other])
      .filter(([distance]) => distance > 0)
      .sort(([one], [other]) => one - other)[0]?.[1];
  }
}

/** What there is for those who have a script, whenever there is a new advice. */
function begin() {
  for (const picture of document.querySelectorAll("svg.walk:not([data-walked])")) {
    picture.dataset.walked = "";
    new Walk(picture);
  }
  for (const hidden of document.querySelectorAll("[data-walk], [data-print]")) hidden.hidden = false;
}

begin();
document.addEventListener("advice", begin);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// What was closed is open on paper, and closed again afterwards.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll(".advice details:not([open])")];
  for (const one of opened) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of opened) one.open = false;
  opened = [];
});
