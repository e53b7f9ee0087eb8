// What the page's script uses of uPlot. The bundler takes types away and checks
// none; these are for who reads or edits.
declare namespace uPlot {
  type AlignedData = (number | null)[][];
}
declare class uPlot {
  constructor(options: object, data: uPlot.AlignedData, place: HTMLElement);
  static paths: { stepped(o: { align: number }): unknown; bars(o: { align: number; size: number[]; gap: number }): unknown };
  scales: { x: { min?: number; max?: number } };
  select: { left: number; width: number };
  destroy(): void;
  setScale(name: string, to: { min: number; max: number }): void;
  setSize(to: { width: number; height: number }): void;
  setSelect(to: { left: number; top: number; width: number; height: number }, fire: boolean): void;
  posToVal(at: number, scale: string): number;
}
export default uPlot;
