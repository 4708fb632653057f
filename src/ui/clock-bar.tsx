/** Virtual time: play, pause, step, speed. It fills the box that it is given. */
export function ClockBar() {
  return (
    <section className="clock-bar" aria-label="Clock">
      <p className="empty">Virtual time</p>
    </section>
  );
}
