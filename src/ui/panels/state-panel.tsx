/** What is stored: the key-value map on each node. It fills the box that it is given. */
export function StatePanel() {
  return (
    <section className="panel state" aria-label="State">
      <p className="empty">Keys and values appear here, one column a node. Write one: type x=5 in the client.</p>
    </section>
  );
}
