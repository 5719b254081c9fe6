// In a fast rehearsal the clock of the page is the drill's: it shows what the real one did when the drill began, and runs
// as fast as was chosen. Loaded before everything else, so that whatever is dated or counted in a page is so by one clock.
{
  const { began, speed } = document.currentScript.dataset;
  const Real = Date;
  const shown = () => Math.round(Number(began) + (Real.now() - Number(began)) * Number(speed));
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length > 0) super(...given);
      else super(shown());
    }
    static now() {
      return shown();
    }
  };
  const steady = performance.now.bind(performance);
  performance.now = () => steady() * Number(speed);
}
