/** Writes "only 3 left" beside the button of a product that is running out. */
export function showStockHint(button: HTMLElement, available: number): void {
  const hint = document.createElement("span");
  hint.className = "stock-hint";
  hint.textContent = available > 0 ? `only ${available} left` : "sold out";
  button.after(hint);
}
