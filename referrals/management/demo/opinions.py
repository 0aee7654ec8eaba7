"""What the demo's specialists write, by field. Plain, careful, and invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Draft:
    advice: str
    why: str
    alternatives: str
    would_change: str
    wait: str
    signs: tuple
    plain: str
    answers: tuple


BACK = Draft(
    advice="Eight weeks of guided exercise first. If the leg pain stays, widen the canal without screws.",
    why="The standing pictures show no added movement, so nothing has to be held together now.",
    alternatives="The operation as planned: a firmer back, and a longer way back to work. Injections: relief for some weeks.",
    would_change="A standing X-ray in January that shows movement.",
    wait="For eight weeks, with the signs below in mind.",
    signs=("A leg turns weak", "You lose feeling between the legs", "You can’t pass urine"),
    plain="Your surgeon is right about the cause. When you bend, though, the bone stays where it is. So I would begin with eight "
    "weeks of exercise, with somebody who knows this problem.\n\nIf your leg still hurts then, a smaller operation that makes "
    "room for the nerve would be my next step. Your surgeon could do it well.",
    answers=(
        "Not now, I think. The pictures show a back that holds by itself.",
        "Yes, for eight weeks. You lose nothing by it.",
    ),
)
HEART = Draft(
    advice="Plan the repair for spring, and look at a way through the groin first.",
    why="The pumping is still strong, and the valve’s shape may allow the gentler way.",
    alternatives="Open surgery in January: lasting, and a longer time to recover. Tablets alone: ease, but no repair.",
    would_change="An ultrasound through the gullet that shows the valve’s edge.",
    wait="For about three months, with an ultrasound in between.",
    signs=("You wake at night and can’t breathe", "You faint", "Your heart races and does not stop"),
    plain="Your doctor is right: the valve leaks and should be repaired. Your heart still pumps well, so you have some weeks to "
    "choose how.\n\nI would ask for one more ultrasound. If the edge of the valve is good, it can perhaps be mended through the "
    "groin. If not, the open operation is a sound plan.",
    answers=(
        "Perhaps. One more ultrasound tells.",
        "Little, if you have it looked at every six weeks. More if you grow short of breath.",
    ),
)
BOWEL = Draft(
    advice="A breath test and a trial without milk sugar before another camera.",
    why="The pain comes an hour after meals, and the tests so far looked elsewhere.",
    alternatives="A camera now: safe, and rarely an answer at your age. To wait: possible while your weight holds.",
    would_change="Weight loss, or blood in a test.",
    wait="Yes, while your weight holds.",
    signs=("Black or bloody stool", "Pain that does not let go for hours", "Fever with belly pain"),
    plain="I can’t name it for certain from the records. Two simple things have not been tried: a breath test, and two weeks "
    "without milk sugar. I would do both before anything larger.",
    answers=("Milk sugar, or a slow gallbladder. Both can be tested without a hospital.",),
)
WOMB = Draft(
    advice="Treat first without removal: a small procedure through a vein, or tablets for three months.",
    why="Size and place allow it, and you said that you would like to keep the womb.",
    alternatives="Removal: certain, and final. To wait: possible while the bleeding is mild.",
    would_change="A scan that shows fast growth.",
    wait="For three months, with a scan at the end.",
    signs=("Bleeding that soaks a pad an hour", "Sudden strong pain", "Fever"),
    plain="Your doctor named it rightly. There are two gentler ways to try first, and nothing is lost by trying. If they don’t "
    "help within three months, removal is a good plan.",
    answers=("Yes: tablets, or closing the vessel that feeds it.",),
)
CANCER = Draft(
    advice="The treatment as planned, begun on time; with one more look at the slides before it starts.",
    why="Stage and spread are well shown. One value on the slides decides about the second drug.",
    alternatives="Surgery first: possible, with a longer time until the drugs. A trial: ask the center named below.",
    would_change="A different result when the slides are read again.",
    wait="No longer than two weeks.",
    signs=("Fever above 38 °C during treatment", "New trouble breathing", "Bleeding that does not stop"),
    plain="I agree with the name and with most of the plan. Please begin on time. One thing is worth a week: have the slides "
    "read once more, because one value decides about the second drug. Your doctor can order that.",
    answers=(
        "Both ways are used. In your case I would keep the order your doctor chose.",
        "There may be. The clinic gives you the address.",
    ),
)
PROSTATE = Draft(
    advice="Checks every three months; treatment only if they change.",
    why="It is small and slow, and treatment has its price.",
    alternatives="Removal or radiation: both sound, both with effects that last.",
    would_change="A rise in two tests in a row, or a change in the next samples.",
    wait="Yes, with checks.",
    signs=("You can’t pass urine", "Blood in the urine", "New pain in the bones"),
    plain="Your doctor is right about what it is. It grows so slowly that many people never need treatment. I would watch it "
    "closely, and keep both treatments for later.",
    answers=("Yes, if you come to the checks.",),
)
NERVES = Draft(
    advice="One more scan in three months before a lasting treatment.",
    why="The picture fits more than one illness, and time tells them apart.",
    alternatives="Begin now: some protection, if it is what they think. To wait without a scan: I would not.",
    would_change="A new sign, or a spinal fluid test that is clear.",
    wait="For three months, with the signs below in mind.",
    signs=("One side turns weak or numb", "Sudden loss of sight", "The worst headache of your life"),
    plain="Your doctors may be right, and they may be early. I can’t tell from one scan. A second one in three months would "
    "make all of us surer, and little is lost until then.",
    answers=("I can’t tell yet. Three things fit; the next scan parts them.",),
)
PUZZLE = Draft(
    advice="Four blood tests and a look at the thyroid; then one doctor who keeps the threads together.",
    why="Each doctor looked at one part. Nobody has put the parts side by side.",
    alternatives="More scans: little hope of an answer. To wait: not while the weight falls.",
    would_change="Any of the four tests out of range.",
    wait="Two weeks, for the tests.",
    signs=("Fever at night", "You can’t keep food down", "You faint"),
    plain="I could not find one name for it, and I say so plainly. Four simple tests are missing. I list them in my answer; any "
    "practice can do them this week.",
    answers=("The thyroid, the adrenal glands, celiac disease, and two rare infections.",),
)
BY_FIELD = {
    "orthopaedics": BACK, "neurosurgery": BACK, "cardiology": HEART, "gastroenterology": BOWEL, "gynaecology": WOMB,
    "oncology": CANCER, "urology": PROSTATE, "neurology": NERVES, "internal-medicine": PUZZLE, "paediatrics": HEART,
}  # fmt: skip
