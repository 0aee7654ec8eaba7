"""The first clinic and the specialties it may read: rows that every fresh database has. No people."""

from django.db import migrations

SPECIALTIES = [
    ("orthopaedics", "Orthopedics", "Bones, joints, back, muscles"),
    ("neurosurgery", "Neurosurgery", "Brain, spine and nerves, by operation"),
    ("neurology", "Neurology", "Brain and nerves"),
    ("oncology", "Oncology", "Cancer and its treatment"),
    ("urology", "Urology", "Kidneys, bladder, prostate"),
    ("gynaecology", "Gynecology", "Womb, ovaries, breast"),
    ("cardiology", "Cardiology", "Heart and blood vessels"),
    ("gastroenterology", "Gastroenterology", "Stomach, bowel, liver"),
    ("paediatrics", "Pediatrics", "Children"),
    ("endocrinology", "Endocrinology", "Glands, diabetes, thyroid"),
    ("rheumatology", "Rheumatology", "Joints and the immune system"),
    ("internal-medicine", "Internal medicine", "Illness that nobody can name yet"),
]


def add(apps, schema_editor):
    clinic, specialty = apps.get_model("referrals", "Clinic"), apps.get_model("referrals", "Specialty")
    if not clinic.objects.exists():
        clinic.objects.create(name="Second opinions")
    for code, name, covers in SPECIALTIES:
        specialty.objects.get_or_create(code=code, defaults={"name": name, "covers": covers})


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
